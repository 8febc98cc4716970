"use client";

import { Modal, type ModalProps } from "@mantine/core";
import { useEffect, type ReactNode } from "react";

type Props = Readonly<{
  title: ReactNode;
  opened?: boolean;
  /** False when the focus goes on to somewhere else than where it came from. */
  returnFocus?: boolean;
  size?: ModalProps["size"] & string;
  onClose: () => void;
  children: ReactNode;
}>;

/** A question or a form above the page. Focus goes back to what opened it. */
export function Dialog({ title, opened = true, returnFocus = true, size = "md", onClose, children }: Props) {
  useFocusBack(opened && returnFocus);
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

/** The library gives focus back only when a dialog is closed, not when it is taken off the page while it is open. */
function useFocusBack(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const opener = document.activeElement;
    return () => {
      // What had the focus in the dialog is gone only after this.
      setTimeout(() => {
        const isLost = document.activeElement === null || document.activeElement === document.body;
        if (isLost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
      });
    };
  }, [isOn]);
}
