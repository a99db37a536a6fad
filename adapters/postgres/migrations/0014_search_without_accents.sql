-- What a search compares: small letters without accents, so that "muller" finds "Müller" and "Lodz" finds "Łódź". One rule for
-- every list, on both databases, of built-in functions only: no extension has to be there, and none has to be allowed.
-- Letters with a stroke are no letter and a mark to Unicode, so they are named. Plain ASCII, which most text is, costs no more
-- than lower().
CREATE FUNCTION plain_text(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN octet_length($1) = char_length($1) THEN lower($1) ELSE
  lower(replace(replace(replace(
    translate(
      regexp_replace(normalize($1, NFD), U&'[\0300-\036F]', '', 'g'),
      'łŁøØđĐðÐħĦıŧŦÆŒ', 'lLoOdDdDhHitTæœ'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'))
END;
