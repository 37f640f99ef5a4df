"""The Lambda entry: the only file of this function that knows Lambda.

Mangum answers whole. Streaming through Lambda needs the runtime loop that replaces it.
"""

from mangum import Mangum

from functions.chat_completions.app import create_app
from onebill import bootstrap
from onebill.settings import load_settings

handler = Mangum(create_app(bootstrap.gateway(load_settings())), lifespan="off")
