import {
  ActionIcon,
  Button,
  Checkbox,
  Skeleton,
  Table,
  UnstyledButton,
  VisuallyHidden,
} from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import {
  Fragment,
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useRowsNearScreen } from '../ui/use-rows-near-screen.js';
import { useScrolls } from '../ui/use-scrolls.js';
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
  /** Names and other text of several words: keeps them to a few lines where there is little room. */
  readonly wide?: boolean;
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
/** Fewer rows are all there at once. */
const LONG_FROM = 80;

/**
 * Rows with a fixed head, selection, sorting and pages that load as they are reached. Of a long list only the rows near the screen
 * are there; `aria-rowcount` and `aria-rowindex` say where they are in the whole.
 */
export function DataTable<T>(props: DataTableProps<T>) {
  const { list, columns, selection, rowId } = props;
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const frame = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const scrolls = useScrolls(frame);
  const isLong = list.rows.length >= LONG_FROM;
  const near = useRowsNearScreen(body, isLong ? list.rows.length : 0);

  // The same functions at every drawing: a row is drawn anew only if something of its own has changed.
  const onToggle = useCallback((id: string, isOn: boolean) => {
    const chosen = latest.current.selection;
    if (!chosen) return;
    const ids = new Set(chosen.ids);
    if (isOn) ids.add(id);
    else ids.delete(id);
    chosen.onChange(ids);
  }, []);
  const onOpen = useCallback((row: T) => latest.current.onOpen?.(row), []);
  const onUnfold = useCallback(
    (id: string) =>
      setUnfolded((old) => {
        const next = new Set(old);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );

  if (list.error && list.rows.length === 0) {
    return (
      <div className={classes.frame}>
        <ErrorState error={list.error} onRetry={list.retry} />
      </div>
    );
  }
  const rowAt = (index: number) => {
    const row = list.rows[index];
    if (row === undefined) return null;
    const id = rowId(row);
    return (
      <MemoRow
        key={id}
        id={id}
        row={row}
        index={index}
        columns={columns as readonly Column<unknown>[]}
        isSelected={selection ? selection.ids.has(id) : null}
        isUnfolded={unfolded.has(id)}
        details={props.details as DataTableProps<unknown>['details']}
        measure={isLong ? near.measure : undefined}
        label={selection?.label(id) ?? ''}
        onToggle={onToggle}
        onOpen={props.onOpen ? (onOpen as (row: unknown) => void) : undefined}
        onUnfold={onUnfold}
      />
    );
  };
  const width = columns.length + (selection ? 1 : 0) + (props.details ? 1 : 0);
  const isEmpty = !list.isLoading && list.rows.length === 0;
  return (
    <div
      ref={frame}
      className={classes.frame}
      aria-busy={list.isLoading}
      {...(scrolls && {
        role: 'region',
        'aria-label': `${props.label}, scrolls sideways`,
        tabIndex: 0,
      })}
    >
      {!isEmpty && (
        <Table
          className={`${classes.table} ${list.isRefreshing ? classes.refreshing : ''}`}
          aria-label={props.label}
          {...(isLong && { 'aria-rowcount': list.hasMore ? -1 : list.rows.length + 1 })}
        >
          <Table.Thead>
            <Table.Tr {...(isLong && { 'aria-rowindex': 1 })}>
              {props.details && (
                <Table.Th w={40}>
                  <VisuallyHidden>Details</VisuallyHidden>
                </Table.Th>
              )}
              {selection && (
                <Table.Th w={40}>
                  <SelectLoaded rows={list.rows.map(rowId)} selection={selection} />
                </Table.Th>
              )}
              {columns.map((column) => (
                <Heading key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody ref={body} {...(isLong && { onFocus: near.onFocus, onBlur: near.onBlur })}>
            {list.isLoading &&
              SKELETON_ROWS.map((n) => (
                <Table.Tr key={n}>
                  {(selection || props.details) && <Table.Td />}
                  {columns.map((column) => (
                    <Table.Td key={column.key}>
                      <Skeleton height={14} my={3} width={`${50 + ((n * 17) % 40)}%`} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            {!list.isLoading && !isLong && list.rows.map((_, index) => rowAt(index))}
            {!list.isLoading && isLong && (
              <>
                {near.rows.map(({ index, gap }) => (
                  <Fragment key={index}>
                    {gap > 0 && <Gap height={gap} width={width} />}
                    {rowAt(index)}
                  </Fragment>
                ))}
                {near.rest > 0 && <Gap height={near.rest} width={width} />}
              </>
            )}
          </Table.Tbody>
        </Table>
      )}
      {isEmpty && props.empty}
      {!isEmpty && !list.isLoading && <Footer list={list} noun={props.noun} />}
    </div>
  );
}

/** In place of rows that are far from the screen. */
const Gap = ({ height, width }: { height: number; width: number }) => (
  <tr aria-hidden className={classes.gap}>
    <td colSpan={width} style={{ height }} />
  </tr>
);

interface RowProps<T> {
  id: string;
  row: T;
  index: number;
  columns: readonly Column<T>[];
  /** null: rows cannot be selected. */
  isSelected: boolean | null;
  isUnfolded: boolean;
  details: DataTableProps<T>['details'];
  /** Only in a long table. */
  measure: ((row: HTMLTableRowElement | null) => void) | undefined;
  /** The accessible name of its checkbox. */
  label: string;
  onToggle: (id: string, isOn: boolean) => void;
  onOpen: ((row: T) => void) | undefined;
  onUnfold: (id: string) => void;
}

function Row<T>(props: RowProps<T>) {
  const { id, row, index, columns, isSelected, isUnfolded, details, measure, onOpen } = props;
  const open = (event: MouseEvent<HTMLElement>) => {
    // A click on something that does its own work, or at the end of marking text, is not a click on the row.
    const target = event.target as HTMLElement;
    if (target.closest('button, a, input, label, [role=menuitem]')) return;
    if (window.getSelection()?.toString()) return;
    if (details) props.onUnfold(id);
    onOpen?.(row);
  };
  const cells = (
    <Table.Tr
      ref={measure}
      className={classes.row ?? ''}
      {...(measure && { 'data-index': index, 'aria-rowindex': index + 2 })}
      data-clickable={onOpen || details ? true : undefined}
      data-selected={isSelected || undefined}
      data-unfolded={isUnfolded || undefined}
      onClick={onOpen || details ? open : undefined}
    >
      {details && (
        <Table.Td className={classes.narrow ?? ''}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={details.label(row)}
            aria-expanded={isUnfolded}
            onClick={() => props.onUnfold(id)}
          >
            {isUnfolded ? <IconChevronDown size={15} /> : <IconChevronRight size={15} />}
          </ActionIcon>
        </Table.Td>
      )}
      {isSelected !== null && (
        <Table.Td className={classes.narrow ?? ''}>
          <Checkbox
            size="xs"
            aria-label={props.label}
            checked={isSelected}
            onChange={(event) => props.onToggle(id, event.currentTarget.checked)}
          />
        </Table.Td>
      )}
      {columns.map((column) => (
        <Table.Td key={column.key} className={cellClass(column)}>
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
const cellClass = ({
  numeric,
  wide,
  width,
}: Pick<Column<never>, 'numeric' | 'wide' | 'width'>): string =>
  (numeric
    ? classes.number
    : wide
      ? classes.wide
      : width !== undefined
        ? classes.narrow
        : undefined) ?? '';

const MemoRow = memo(Row<unknown>);

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
        column.header || <VisuallyHidden>Actions</VisuallyHidden>
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
