import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

/** How long after the last key a search begins. */
const SEARCH_AFTER_MS = 250;

interface SearchFieldProps {
  label: string;
  placeholder: string;
  value: string;
  /** Called once typing has paused, without surrounding spaces. */
  onSearch: (text: string) => void;
  width: number;
}

/** A field for searching a list. A `value` that changes from outside, as by the back button, replaces what is typed. */
export function SearchField({ label, placeholder, value, onSearch, width }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const searched = useRef(value);
  const search = useRef(onSearch);
  search.current = onSearch;
  useEffect(() => {
    if (value === searched.current) return;
    searched.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    const text = typed.trim();
    if (text === searched.current) return;
    const timer = setTimeout(() => {
      searched.current = text;
      search.current(text);
    }, SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={15} />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      w={width}
      maw="100%"
    />
  );
}
