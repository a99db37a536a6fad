const CODES =
  'AE AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KE KR LT LU LV MA MX MY NG NL NO NZ PE PH PK PL PT RO RS SA SE SG SI SK TH TN TR TW UA US UY VN ZA'.split(
    ' ',
  );
const names = new Intl.DisplayNames('en', { type: 'region' });

export const COUNTRIES = CODES.map((value) => ({
  value,
  label: `${names.of(value) ?? value} (${value})`,
})).toSorted((a, b) => a.label.localeCompare(b.label));
