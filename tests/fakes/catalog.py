"""A catalogue of a handful of models."""

from onebill.domain.errors import ModelNotFound


class FakeCatalog:
    def __init__(self, *models):
        self._models = {model.id: model for model in models}

    def find(self, model_id):
        if model_id not in self._models:
            raise ModelNotFound(model_id)
        return self._models[model_id]

    def models(self):
        return [self._models[model_id] for model_id in sorted(self._models)]
