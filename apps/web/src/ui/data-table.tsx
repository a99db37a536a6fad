import { ActionIcon, Button, Checkbox, Skeleton, Table, UnstyledButton } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type MouseEvent, type ReactNode, useEffect, useState } from 'react';
import classes from './data-table.module.css';
import { ErrorState } from './error-state.js';

export interface Column<T> {
  readonly key: string;
  readonly header: string;
  readonly render: (row: T) => ReactNode;
  /** Numbers stand on the right, figure under figure. */
  readonly numeric?: boolean;
  /** The server's word for sorting by this column. */
  readonly sort?: string;
  readonly width?: number | string;
}

export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: Set<string>) => void;
  /** The accessible name of a row's checkbox. */
  readonly label: (id: string) => string;
}

interface DataTableProps<T> {
  /** What the table is about, for those who cannot see it. */
  label: string;
  columns: readonly Column<T>[];
  list: {
    rows: readonly T[];
    total: number;
    totalIsEstimate?: boolean;
    isLoading: boolean;
    isRefreshing?: boolean;
    error: unknown;
    retry: () => void;
    hasMore?: boolean;
    isLoadingMore?: boolean;
    loadMore?: () => void;
  };
  rowId: (row: T) => string;
  empty: ReactNode;
  onOpen?: (row: T) => void;
  /** What unfolds under a row that is clicked; not together with `onOpen`. */
  details?: { readonly render: (row: T) => ReactNode; readonly label: (row: T) => string };
  selection?: Selection;
  sort?: string;
  onSort?: (sort: string) => void;
  /** Singular and plural, for the line under the table. */
  noun?: readonly [string, string];
}

const SKELETON_ROWS = [0, 1, 2, 3, 4, 5];

/** Rows with a fixed head, selection, sorting and pages that load as they are reached. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { list, columns, selection } = props;
  if (list.error && list.rows.length === 0) {
    return (
      <div className={classes.frame}>
        <ErrorState error={list.error} onRetry={list.retry} />
      </div>
    );
  }
  const isEmpty = !list.isLoading && list.rows.length === 0;
  return (
    <div className={classes.frame} aria-busy={list.isLoading}>
      {!isEmpty && (
        <Table
          className={`${classes.table} ${list.isRefreshing ? classes.refreshing : ''}`}
          aria-label={props.label}
        >
          <Table.Thead>
            <Table.Tr>
              {props.details && <Table.Th w={40} />}
              {selection && (
                <Table.Th w={40}>
                  <SelectLoaded rows={list.rows.map(props.rowId)} selection={selection} />
                </Table.Th>
              )}
              {columns.map((column) => (
                <Heading key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.isLoading
              ? SKELETON_ROWS.map((n) => (
                  <Table.Tr key={n}>
                    {(selection || props.details) && <Table.Td />}
                    {columns.map((column) => (
                      <Table.Td key={column.key}>
                        <Skeleton height={14} my={3} width={`${50 + ((n * 17) % 40)}%`} />
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))
              : list.rows.map((row) => <Row key={props.rowId(row)} row={row} {...props} />)}
          </Table.Tbody>
        </Table>
      )}
      {isEmpty && props.empty}
      {!isEmpty && !list.isLoading && <Footer list={list} noun={props.noun} />}
    </div>
  );
}

function Row<T>({
  row,
  columns,
  selection,
  rowId,
  onOpen,
  details,
}: DataTableProps<T> & { row: T }) {
  const id = rowId(row);
  const [isUnfolded, setIsUnfolded] = useState(false);
  const open = (event: MouseEvent<HTMLElement>) => {
    // A click on something that does its own work, or at the end of marking text, is not a click on the row.
    const target = event.target as HTMLElement;
    if (target.closest('button, a, input, label, [role=menuitem]')) return;
    if (window.getSelection()?.toString()) return;
    if (details) setIsUnfolded(!isUnfolded);
    onOpen?.(row);
  };
  const cells = (
    <Table.Tr
      className={classes.row ?? ''}
      data-clickable={onOpen || details ? true : undefined}
      data-selected={selection?.ids.has(id) || undefined}
      onClick={onOpen || details ? open : undefined}
    >
      {details && (
        <Table.Td>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={details.label(row)}
            aria-expanded={isUnfolded}
            onClick={() => setIsUnfolded(!isUnfolded)}
          >
            {isUnfolded ? <IconChevronDown size={15} /> : <IconChevronRight size={15} />}
          </ActionIcon>
        </Table.Td>
      )}
      {selection && (
        <Table.Td>
          <Checkbox
            size="xs"
            aria-label={selection.label(id)}
            checked={selection.ids.has(id)}
            onChange={(event) => {
              const ids = new Set(selection.ids);
              if (event.currentTarget.checked) ids.add(id);
              else ids.delete(id);
              selection.onChange(ids);
            }}
          />
        </Table.Td>
      )}
      {columns.map((column) => (
        <Table.Td key={column.key} className={column.numeric ? (classes.number ?? '') : ''}>
          {column.render(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
  if (!details || !isUnfolded) return cells;
  return (
    <>
      {cells}
      <Table.Tr>
        <Table.Td />
        <Table.Td colSpan={columns.length} className={classes.details ?? ''}>
          {details.render(row)}
        </Table.Td>
      </Table.Tr>
    </>
  );
}

function Heading<T>({
  column,
  sort,
  onSort,
}: {
  column: Column<T>;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
}) {
  const up = sort === column.sort;
  const down = sort === `-${column.sort}`;
  const sortable = column.sort !== undefined && onSort !== undefined;
  return (
    <Table.Th
      className={column.numeric ? (classes.number ?? '') : ''}
      w={column.width}
      aria-sort={sortable ? (up ? 'ascending' : down ? 'descending' : 'none') : undefined}
    >
      {sortable ? (
        <UnstyledButton
          className={classes.sort ?? ''}
          data-active={up || down || undefined}
          onClick={() => onSort(up ? `-${column.sort}` : (column.sort ?? ''))}
        >
          {column.header}
          {up && <IconArrowUp size={13} aria-hidden />}
          {down && <IconArrowDown size={13} aria-hidden />}
        </UnstyledButton>
      ) : (
        column.header
      )}
    </Table.Th>
  );
}

function SelectLoaded({ rows, selection }: { rows: string[]; selection: Selection }) {
  const chosen = rows.filter((id) => selection.ids.has(id)).length;
  return (
    <Checkbox
      size="xs"
      aria-label="Select all loaded rows"
      checked={rows.length > 0 && chosen === rows.length}
      indeterminate={chosen > 0 && chosen < rows.length}
      onChange={(event) => selection.onChange(new Set(event.currentTarget.checked ? rows : []))}
    />
  );
}

function Footer<T>({
  list,
  noun = ['row', 'rows'],
}: {
  list: DataTableProps<T>['list'];
  noun: readonly [string, string] | undefined;
}) {
  const { ref, entry } = useIntersection({ rootMargin: '400px' });
  const isNear = entry?.isIntersecting ?? false;
  const { hasMore, isLoadingMore, loadMore } = list;
  useEffect(() => {
    if (isNear && hasMore && !isLoadingMore) loadMore?.();
  }, [isNear, hasMore, isLoadingMore, loadMore]);
  const words = `${list.totalIsEstimate ? 'about ' : ''}${list.total.toLocaleString('en')} ${list.total === 1 ? noun[0] : noun[1]}`;
  return (
    <div className={classes.footer} ref={ref}>
      <span className="tabular">
        {list.hasMore ? `${list.rows.length.toLocaleString('en')} of ${words}` : words}
      </span>
      {list.hasMore && (
        <Button
          variant="subtle"
          size="compact-xs"
          loading={list.isLoadingMore ?? false}
          onClick={loadMore}
        >
          Load more
        </Button>
      )}
    </div>
  );
}
