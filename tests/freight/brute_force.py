"""The plain search that the route kernels are held against."""


def all_paths(tail, head, origin, destination):
    """Every loopless path as a tuple of arcs, by plain depth-first search."""
    found = []

    def walk(node, visited, arcs):
        if node == destination:
            found.append(tuple(arcs))
            return
        for arc in range(len(tail)):
            if tail[arc] == node and head[arc] not in visited:
                walk(head[arc], visited | {head[arc]}, [*arcs, arc])

    walk(origin, {origin}, [])
    return found
