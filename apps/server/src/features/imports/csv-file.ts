/** A CSV file as it came: text out of JSON, bytes out of an upload. */
export interface CsvFile {
  readonly fileName: string;
  readonly content: string | Uint8Array;
}
