"""Training, export and evaluation of the networks (extra `train`: torch, onnx); nothing at run time imports it."""
