/** The pointer side of a drag: where the pointer is, and what lies under it. */
import type { CollisionDetection } from '@dnd-kit/core';

/**
 * The column under the pointer, by where it is at this moment. The board scrolls and its exits unfold during a drag, so
 * rectangles measured at the start would lie.
 */
export const underPointer: CollisionDetection = ({ droppableContainers, pointerCoordinates }) => {
  if (pointerCoordinates === null) return [];
  const { x, y } = pointerCoordinates;
  for (const container of droppableContainers) {
    const rect = container.node.current?.getBoundingClientRect();
    if (rect && x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom) {
      return [{ id: container.id, data: { droppableContainer: container, value: 1 } }];
    }
  }
  return [];
};
