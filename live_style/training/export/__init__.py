"""ONNX files of the networks."""
