"""A stand-in for Snowflake that keeps what a deployment makes, and lists it as Snowflake's documentation says.

It understands the statements of a deployment and no others: anything else fails.
"""

import re
from fnmatch import fnmatchcase

from clickintent.snowflake.channel_packages import MODEL_PACKAGES, channel_names

FUNCTION = re.compile(r"create or replace function [\w.]+\.(\w+)\(\n(.*?)\n\)\n.*?returns (\w+)", re.S)
ALL_PACKAGES = channel_names(MODEL_PACKAGES)
KINDS = ("stage", "network rule", "secret", "external access integration")


class FakeSnowflake:
    """Attributes:
    statements: all that was run.
    functions: by signature, the row that SHOW gives.
    objects: likewise of everything else, by kind and name.
    stage: files, by path within the stage, with their content.
    packages: what the account's Python has.
    tables: rows of tables that are read, by name.
    """

    def __init__(self, packages=ALL_PACKAGES, tables=()):
        self.statements, self.functions, self.objects, self.stage = [], {}, {}, {}
        self.packages = packages
        self.tables = dict(tables)

    def rows(self, sql):
        self.statements.append(sql)
        verb = sql.split()[0]
        return getattr(self, f"_{verb}")(sql)

    def add_function(self, name, kinds, comment):
        signature = f"{name}({', '.join(kinds)})".upper()
        row = {"name": name, "arguments": f"{signature} RETURN ARRAY", "description": comment}
        self.functions[signature] = row

    def _create(self, sql):
        if found := FUNCTION.match(sql):
            name, arguments, _ = found.groups()
            for path in re.findall(r"'@[\w.]+/(\S+/\S+)'", sql):
                assert path in self.stage, f"{path} is imported before it is there"
            comment = re.search(r"comment = '(.*)'", sql)[1]
            self.add_function(name, [argument.split()[1].strip(",") for argument in arguments.splitlines()], comment)
            return []
        kind, name = re.match(rf"create ({'|'.join(KINDS)}) (?:if not exists )?(?:\w+\.)*(\w+)", sql).groups()
        self.objects.setdefault((kind, name), {"name": name, "comment": re.search(r"comment = '(.*)'", sql)[1]})
        return []

    def _alter(self, sql):
        kind, name = re.match(r"alter (secret|network rule) (?:\w+\.)*(\w+) set", sql).groups()
        assert (kind, name) in self.objects
        return []

    def _put(self, sql):
        local, path, overwrites = re.match(r"put 'file://(.*)' @[\w.]+/(\S*) .* overwrite = (\w+)", sql).groups()
        key = path + local.rsplit("/", 1)[-1]
        if overwrites == "true" or key not in self.stage:
            with open(local, "rb") as file:
                self.stage[key] = file.read()
        return []

    def _drop(self, sql):
        kind, rest = re.match(
            r"drop (function|stage|network rule|secret|integration) if exists (?:\w+\.)*(.*)", sql
        ).groups()
        if kind == "function":
            self.functions.pop(rest.upper(), None)
        else:
            self.objects.pop(("external access integration" if kind == "integration" else kind, rest), None)
        return []

    def _show(self, sql):
        kinds, pattern = re.match(r"show ([\w ]+)s like '(.*?)'", sql).groups()
        if kinds == "user function":
            listed = self.functions.values()
        else:
            listed = [row for (kind, _), row in self.objects.items() if kind == kinds]
        return [row for row in listed if fnmatchcase(row["name"], pattern.replace("_", "?"))]

    def _select(self, sql):
        if "information_schema.packages" in sql:
            return [{"package_name": name} for name in self.packages if f"'{name}'" in sql]
        if "information_schema.functions" in sql:
            listed = self.functions.values()
            return [{"function_name": row["name"], "comment": row["description"]} for row in listed]
        return self.tables[re.search(r" from (?:\w+\.)*(\w+)", sql)[1]]
