"""What one more day of events costs beside the first build, model by model."""
