"""What gunicorn loads: the application, told by its environment where the database is and what to sign with."""

import gc
import os

from webmap.app import create_app

app = create_app(os.environ["DATABASE_URL"], SECRET_KEY=os.environ["GUATU_SECRET_KEY"])
gc.freeze()  # what is loaded by now stays: collecting it again and again stops every request for some 100 ms
