"""The dashboard: `clickintent dashboard`, or `streamlit run dashboard/app.py`."""

from pathlib import Path

import streamlit as st
from frame import style_page, warm_up

st.set_page_config(page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
style_page()
st.navigation(
    [
        st.Page("intents.py", title="Intents", icon=":material/bar_chart:", default=True),
        st.Page("journeys.py", title="Journeys", icon=":material/route:", url_path="journeys"),
        st.Page("sessions.py", title="Sessions", icon=":material/scatter_plot:", url_path="sessions"),
        st.Page("trust.py", title="Trust", icon=":material/verified:", url_path="trust"),
        st.Page("review.py", title="Review", icon=":material/rate_review:", url_path="review"),
    ],
    position="top",
).run()
warm_up()
