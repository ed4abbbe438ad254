"""Video files and streams; the only place that knows PyAV."""
