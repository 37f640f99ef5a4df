"""The gateway: called by HTTPS with an API key, answers as an OpenAI-compatible API."""
