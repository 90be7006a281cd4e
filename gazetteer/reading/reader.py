"""A report's text to its works, stage by stage: paragraphs, clauses, predicates, lists, members, classes."""

from collections.abc import Iterator

from gazetteer.reading.asides import is_definition
from gazetteer.reading.classify import Classifier
from gazetteer.reading.clauses import mask, sentences
from gazetteer.reading.heads import Heads
from gazetteer.reading.judge import Judge
from gazetteer.reading.lexicon import Lexicon
from gazetteer.reading.lists import Lists
from gazetteer.reading.measures import Measures
from gazetteer.reading.members import Members
from gazetteer.reading.merge import merge
from gazetteer.reading.places import Places
from gazetteer.reading.predicates import Predicates
from gazetteer.reading.result import Reading, Rejection
from gazetteer.reading.sentence import Sentence
from gazetteer.reading.sharing import Sharing
from gazetteer.reading.stops import Stops
from gazetteer.reading.stripping import Stripper
from gazetteer.reading.structure import Reader
from gazetteer.work import Work


class Grammar:
    """Reads reports with one lexicon. It keeps nothing between reports."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.measures = measures = Measures(lexicon)
        self.predicates = Predicates(lexicon, measures)
        self.heads = Heads(lexicon)
        stops = Stops(lexicon)
        self.stripper = Stripper(lexicon, measures, self.heads, stops)
        members = Members(lexicon, self.heads, self.stripper)
        self.lists = Lists(lexicon, measures, members, self.predicates, Sharing(lexicon, self.heads, stops))
        self.places = Places(self.heads)
        self.classifier = Classifier(lexicon, self.heads)
        self.judge = Judge(lexicon, measures, self.heads, self.predicates, stops)

    def read(self, text: str) -> Reading:
        """All works of a report."""
        reader = Reader(text, self.lexicon)
        rejected: list[Rejection] = []
        works = merge(self._works(text, reader, rejected))
        return Reading(tuple(works), tuple(rejected), tuple(reader.headings))

    def _works(self, text: str, reader: Reader, rejected: list[Rejection]) -> Iterator[Work]:
        """Every mention of a work as it is come upon; what is rejected goes to `rejected`."""
        for paragraph in reader:
            if is_definition(paragraph.text):
                continue
            masked = mask(paragraph.text)
            for bounds in sentences(masked):
                sentence = Sentence(self, text, paragraph, masked, bounds)
                sentence.read()
                yield from sentence.works
                rejected += sentence.rejected
