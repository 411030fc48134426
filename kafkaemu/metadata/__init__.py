"""The cluster's metadata: records of ``__cluster_metadata``, the image that is their fold, and the controller that writes them."""
