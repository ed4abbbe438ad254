"""Pictures on disk, and pictures drawn by us; the only place that knows OpenCV and Pillow."""
