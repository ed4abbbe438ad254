"""Video files and streams; the only package that imports PyAV."""
