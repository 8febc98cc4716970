"use client";

import { Modal, type ModalProps } from "@mantine/core";
import type { ReactNode } from "react";

type Props = Readonly<{
  title: ReactNode;
  opened?: boolean;
  /** False when the focus goes on to somewhere else than where it came from. */
  returnFocus?: boolean;
  size?: ModalProps["size"] & string;
  onClose: () => void;
  children: ReactNode;
}>;

/** A question or a form above the page. */
export function Dialog({ title, opened = true, returnFocus = true, size = "md", onClose, children }: Props) {
  return (
    <Modal.Root opened={opened} onClose={onClose} returnFocus={returnFocus} centered size={size}>
      <Modal.Overlay />
      <Modal.Content>
        {/* A bare header element outside the page's landmarks would be a second banner. */}
        <Modal.Header role="none">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
