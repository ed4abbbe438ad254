"""The operating system: folders, files, processor, memory, cameras."""
