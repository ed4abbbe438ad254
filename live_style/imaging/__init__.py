"""Picture files and drawing; the only package that imports OpenCV and Pillow."""
