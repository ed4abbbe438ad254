"""What the operating system has and grants: folders, files, processor, memory, cameras."""
