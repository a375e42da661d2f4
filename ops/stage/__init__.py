"""The settings of a stage (one deployment), validated against the templates' parameters."""
