"""How fast the service is, against floors measured in the same run on the same machine."""
