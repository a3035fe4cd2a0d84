"""Impact studies: an old and a new document over the same stored days."""

from assay.methodology.impact.influence import Influence, InfluenceWitness
from assay.methodology.impact.report import write_study
from assay.methodology.impact.study import Row, Side, Study, Told, study

__all__ = ["Influence", "InfluenceWitness", "Row", "Side", "Study", "Told", "study", "write_study"]
