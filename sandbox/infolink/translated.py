"""Keeps a session's latest translations, as SQL Server keeps plans: the same statement is not translated twice."""

from collections import OrderedDict
from collections.abc import Callable

from sandbox.infolink.catalog import Catalog
from sandbox.infolink.translate import Query

_MOST = 500

Translation = tuple[Query, list[str]]


class Translated:
    """Translations by text, good for as long as the tables are the same."""

    def __init__(self) -> None:
        self._catalog: Catalog | None = None
        self._kept: OrderedDict[tuple[str, int], Translation] = OrderedDict()

    def get(self, text: str, catalog: Catalog, transactions: int, make: Callable[[], Translation]) -> Translation:
        """Return a translation that is kept, else make and keep it.

        Args:
            text: the statement.
            catalog: the tables that exist now.
            transactions: what @@TRANCOUNT is translated to.
            make: translates it; its errors are not kept.
        """
        if self._catalog != catalog:
            self._catalog = catalog
            self._kept.clear()
        found = self._kept.get((text, transactions))
        if found is None:
            found = make()
            self.learn(catalog, text, transactions, found)
        return found

    def learn(self, catalog: Catalog, text: str, transactions: int, translation: Translation) -> None:
        """Keep a translation that is good for these tables."""
        if self._catalog != catalog:
            self._catalog = catalog
            self._kept.clear()
        self._kept[text, transactions] = translation
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
