"""Graphs of numbers: components, shortest cycles, and what to cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

#: The numbers each number leads to.
Graph = Mapping[int, Collection[int]]

#: Up to here the smallest cut is found by trying all orders, cleverly.
_EXACT = 11


def components(graph: Graph) -> list[list[int]]:
    """Return the strongly connected components of two or more, after Tarjan, without recursion."""
    found: list[list[int]] = []
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    for start in graph:
        if start in order:
            continue
        work: list[tuple[int, Iterator[int]]] = [(start, iter(graph[start]))]
        order[start] = low[start] = len(order)
        stack.append(start)
        waiting.add(start)
        while work:
            node, rest = work[-1]
            for successor in rest:
                if successor not in order:
                    if successor not in graph:
                        continue
                    order[successor] = low[successor] = len(order)
                    stack.append(successor)
                    waiting.add(successor)
                    work.append((successor, iter(graph[successor])))
                    break
                if successor in waiting and order[successor] < low[node]:
                    low[node] = order[successor]
            else:
                work.pop()
                if work and low[node] < low[work[-1][0]]:
                    low[work[-1][0]] = low[node]
                if low[node] == order[node]:
                    _close(node, stack, waiting, found)
    return found


def _close(node: int, stack: list[int], waiting: set[int], found: list[list[int]]) -> None:
    at = len(stack) - 1
    while stack[at] != node:
        at -= 1
    component = stack[at:]
    del stack[at:]
    waiting.difference_update(component)
    if len(component) > 1:
        found.append(sorted(component))


def within(graph: Graph, members: Iterable[int]) -> dict[int, list[int]]:
    """Return *graph* without all that is not among *members*."""
    inside = set(members)
    return {node: sorted(inside.intersection(graph.get(node, ()))) for node in sorted(inside)}


class Reach:
    """Which numbers can be reached from which: asked for few of them, remembered."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._from: dict[int, set[int]] = {}

    def closes(self, start: int, end: int) -> bool:
        """Whether a new edge from *start* to *end* would close a cycle where there is none yet."""
        if start == end:
            return start not in self._graph.get(start, ())
        return start in (self._from.get(end) or self._all(end)) and end not in (
            self._from.get(start) or self._all(start)
        )

    def _all(self, start: int) -> set[int]:
        known = self._from.get(start)
        if known is None:
            known = self._from[start] = {start}
            stack = [start]
            while stack:
                new = set(self._graph.get(stack.pop(), ())) - known
                known |= new
                for node in new:
                    if node in self._from and node != start:
                        known |= self._from[node]
                    else:
                        stack.append(node)
        return known


def shortest_cycle(graph: Graph) -> list[int]:
    """Return the nodes of a shortest cycle of a strongly connected graph, from its lowest number on."""
    best: list[int] = []
    for start in graph:
        if start in graph[start]:
            return [start]
        cycle = _back_to(graph, start, len(best))
        if cycle and (not best or len(cycle) < len(best)):
            best = cycle
            if len(best) == 2:  # noqa: PLR2004 - none but a self import is shorter
                break
    lowest = best.index(min(best))
    return best[lowest:] + best[:lowest]


def _back_to(graph: Graph, start: int, limit: int) -> list[int]:
    """Return the shortest way from *start* back to it, empty if it is not shorter than *limit* (0: any)."""
    before: dict[int, int] = {start: start}
    queue = deque([(start, 1)])
    while queue:
        node, length = queue.popleft()
        if limit and length >= limit:
            return []
        for successor in graph[node]:
            if successor == start:
                way = [node]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if successor not in before:
                before[successor] = node
                queue.append((successor, length + 1))
    return []


def smallest_cut(graph: Graph) -> tuple[list[tuple[int, int]], bool]:
    """
    Return edges whose removal leaves no cycle, as few as possible, and whether fewer are proved impossible.

    Exact for small components; beyond, the order of Eades, Lin and Smyth, improved by moving single nodes,
    proved where as many disjoint cycles exist.
    """
    loops = [(node, node) for node in graph if node in graph[node]]
    plain = {node: [other for other in graph[node] if other != node] for node in graph}
    if len(plain) <= _EXACT:
        return sorted(loops + _against(plain, _best_order(plain))), True
    order = _improved(plain, _greedy_order(plain))
    cut = _minimal(plain, _against(plain, order))
    return sorted(loops + cut), len(cut) == _disjoint_pairs(plain)


def _against(graph: Graph, order: Sequence[int]) -> list[tuple[int, int]]:
    place = {node: number for number, node in enumerate(order)}
    return [(node, other) for node in graph for other in graph[node] if place[node] > place[other]]


def _best_order(graph: Graph) -> list[int]:
    """Return the order with the fewest edges that lead back: dynamic programming over sets of nodes."""
    nodes = sorted(graph)
    bit = {node: 1 << number for number, node in enumerate(nodes)}
    leads = [sum(bit[other] for other in graph[node]) for node in nodes]
    size = 1 << len(nodes)
    cost = [0] * size
    last = [0] * size
    for chosen in range(1, size):
        best = -1
        rest = chosen
        while rest:
            lowest = rest & -rest
            rest ^= lowest
            number = lowest.bit_length() - 1
            before = chosen ^ lowest
            price = cost[before] + (leads[number] & before).bit_count()
            if best < 0 or price < best:
                best = price
                last[chosen] = number
        cost[chosen] = best
    order: list[int] = []
    chosen = size - 1
    while chosen:
        order.append(nodes[last[chosen]])
        chosen ^= 1 << last[chosen]
    return order[::-1]


def _greedy_order(graph: Graph) -> list[int]:
    """Return the order of Eades, Lin and Smyth (1993): sinks last, sources first, then the most outgoing."""
    leads = {node: set(graph[node]) for node in graph}
    led: dict[int, set[int]] = {node: set() for node in graph}
    for node, others in leads.items():
        for other in others:
            led[other].add(node)
    first: list[int] = []
    last: list[int] = []
    while leads:
        sink = next((node for node in leads if not leads[node]), None)
        source = next((node for node in leads if not led[node]), None)
        if sink is not None:
            chosen = sink
            last.append(chosen)
        else:
            chosen = source if source is not None else max(leads, key=lambda node: len(leads[node]) - len(led[node]))
            first.append(chosen)
        for other in leads.pop(chosen):
            led[other].discard(chosen)
        for other in led.pop(chosen):
            leads[other].discard(chosen)
    return first + last[::-1]


def _improved(graph: Graph, order: list[int]) -> list[int]:
    """Move single nodes to their best places until nothing is gained, a few rounds at most."""
    led: dict[int, list[int]] = {node: [] for node in graph}
    for node in graph:
        for other in graph[node]:
            led[other].append(node)
    for _round in range(5):
        moved = False
        place = {each: number for number, each in enumerate(order)}
        for node in sorted(graph):
            gain, target = _best_move(place, node, graph[node], led[node])
            if gain > 0:
                order.remove(node)
                order.insert(target if target < place[node] else target - 1, node)
                place = {each: number for number, each in enumerate(order)}
                moved = True
        if not moved:
            break
    return order


def _best_move(place: Mapping[int, int], node: int, leads: Collection[int], led: Collection[int]) -> tuple[int, int]:
    """Return what is gained by moving *node*, and before which place."""
    here = place[node]
    steps: dict[int, int] = {}
    for others, step in ((leads, 1), (led, -1)):
        for other in others:
            steps[place[other]] = steps.get(place[other], 0) + step
    best = (0, here)
    gain = 0
    for at in sorted((at for at in steps if at < here), reverse=True):
        gain += steps[at]
        best = max(best, (gain, at), key=lambda pair: pair[0])
    gain = 0
    for at in sorted(at for at in steps if at > here):
        gain -= steps[at]
        best = max(best, (gain, at + 1), key=lambda pair: pair[0])
    return best


def _minimal(graph: Graph, cut: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Put edges back where they close no cycle."""
    kept = {node: set(graph[node]) for node in graph}
    for node, other in cut:
        kept[node].discard(other)
    needed: list[tuple[int, int]] = []
    for node, other in cut:
        if _reaches(kept, other, node):
            needed.append((node, other))
        else:
            kept[node].add(other)
    return needed


def _reaches(graph: Graph, start: int, end: int) -> bool:
    seen = {start}
    stack = [start]
    while stack:
        node = stack.pop()
        if node == end:
            return True
        new = [other for other in graph[node] if other not in seen]
        seen.update(new)
        stack.extend(new)
    return False


def _disjoint_pairs(graph: Graph) -> int:
    """Return how many cycles without a common edge there are at least: pairs that import each other."""
    return sum(other > node and node in graph[other] for node in graph for other in graph[node])
