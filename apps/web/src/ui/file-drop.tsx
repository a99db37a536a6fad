import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import classes from './file-drop.module.css';

interface FileDropProps {
  /** The accessible name of the file input. */
  readonly label: string;
  readonly accept: string;
  readonly busy: boolean;
  readonly onFile: (file: File) => void;
  /** More than one file, or none. */
  readonly onRefuse: () => void;
  readonly children: ReactNode;
}

/** One file, dropped or chosen. The whole area is the file input's label, so click and keyboard come with it. */
export function FileDrop({ label, accept, busy, onFile, onRefuse, children }: FileDropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  const take = (files: FileList | null) => {
    const [file] = files ?? [];
    if (busy) return;
    if (file === undefined || files?.length !== 1) onRefuse();
    else onFile(file);
    // The same file again, corrected meanwhile, is a new choice.
    if (input.current) input.current.value = '';
  };
  const drag = (isOver: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(isOver);
  };

  return (
    <label
      className={classes.area}
      data-over={over || undefined}
      aria-busy={busy}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(event) => {
        drag(false)(event);
        take(event.dataTransfer.files);
      }}
    >
      <input
        ref={input}
        className={classes.input}
        type="file"
        accept={accept}
        aria-label={label}
        disabled={busy}
        onChange={(event) => {
          if (event.currentTarget.files?.length) take(event.currentTarget.files);
        }}
      />
      {children}
    </label>
  );
}
