"""Text as it is compared and searched, never as it is stored. Pure."""
