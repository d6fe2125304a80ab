"""Functions that a query may call: those known to do nothing but compute. Whatever is not listed is refused."""

from __future__ import annotations

import re

__all__ = ["KNOWN", "NEVER", "UNWANTED"]

_UNWANTED = (
    "AIAgg AIClassify AIEmbed AIForecast AIGenerate AISimilarity AISummarizeAgg AnonymousAggFunc CombinedAggFunc "
    "CombinedParameterizedAgg DynamicIdentifier FeaturesAtTime GenerateBool GenerateDouble GenerateEmbedding GenerateInt "
    "GenerateTable GenerateText MLForecast MLTranslate NetFunc NextValueFor OpenJSON ParameterizedAgg Predict Randstr ReadCSV "
    "ReadParquet SafeFunc Search SearchIp Seq1 Seq2 Seq4 Seq8 ToFile VectorSearch"
)
UNWANTED: frozenset[str] = frozenset(_UNWANTED.split())
"""What the parser knows by a name of its own and a query may not do: call a model, read or write a file, use up a number."""

_TEXT = (
    "ascii bit_length btrim casefold char_length character_length chr concat_op editdist3 format glob hex instr left length like "
    "lower lpad ltrim normalize octet_length overlay position printf quote repeat replace reverse right rpad rtrim "
    "similarity soundex split_part starts_with string_agg string_to_array string_to_table strpos substr substring "
    "to_ascii to_hex translate trim unaccent unhex unicode unistr upper word_similarity"
)
_PATTERNS = "regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr"
_TIMES = (
    "age date date_bin date_diff date_part date_trunc datediff datetime day dayname dayofweek dayofyear epoch epoch_ms epoch_us "
    "extract hour isfinite isodow isoyear julian julianday justify_days justify_hours justify_interval last_day "
    "make_date make_interval make_time make_timestamp make_timestamptz minute month monthname quarter second strftime "
    "strptime time time_bucket timediff timezone to_date to_days to_hours to_minutes to_seconds to_timestamp "
    "try_strptime unixepoch week weekday weekofyear year"
)
_NUMBERS = (
    "abs acos asin atan atan2 cbrt ceil ceiling cos degrees div exp factorial floor gcd greatest isinf isnan lcm least ln "
    "log log10 log2 max min mod nullif pi pow power radians round scale sign sin sqrt tan trim_scale trunc width_bucket"
)
_JSON = (
    "agg array array_elements array_elements_text array_length build_array build_object contains each each_text exists "
    "extract extract_path extract_path_text extract_string group_array group_object keys object object_agg object_keys path_exists "
    "path_query path_query_array path_query_first populate_record populate_recordset pretty quote serialize strip_nulls "
    "structure to_record to_recordset transform type typeof valid value"
)
_LISTS = (
    "array_agg array_append array_cat array_contains array_dims array_length array_lower array_ndims array_position array_positions "
    "array_remove array_replace array_to_json array_to_string array_upper cardinality flatten generate_series generate_subscripts "
    "len list list_aggregate list_contains list_distinct list_extract list_sort list_value range row_to_json "
    "struct_extract struct_pack to_json to_jsonb unnest"
)
_GROUPS = (
    "any_value arg_max arg_min avg bit_and bit_or bool_and bool_or corr count every first first_value group_concat lag last "
    "last_value lead median mode nth_value ntile percent_rank percentile_cont percentile_disc quantile_cont quantile_disc "
    "rank row_number stddev stddev_pop stddev_samp sum total var_pop var_samp variance xmlagg"
)
_OTHER = (
    "coalesce convert_from convert_to daterange decode encode iif ifnull int4range int8range isempty likelihood likely lower_inf "
    "md5 num_nonnulls num_nulls numrange pg_typeof range_merge row sha224 sha256 sha384 sha512 tsrange tstzrange typeof "
    "unlikely upper_inf"
)

_WORDS = f"{_TEXT} {_PATTERNS} {_TIMES} {_NUMBERS} {_LISTS} {_GROUPS} {_OTHER}"
KNOWN: frozenset[str] = frozenset(_WORDS.split()) | {
    f"{kind}_{verb}" for kind in ("json", "jsonb") for verb in _JSON.split()
}
"""What the parser does not know by a name of its own, and is known to compute and no more."""

NEVER = re.compile(
    r"(?:pg_(?!typeof$)|lo_|dblink|nextval|setval|set_config|query_to|cursor_to|table_to|schema_to|database_to|xp_|sp_|"
    r"openrowset|opendatasource|openquery|load_|read_|write|copy|sleep|benchmark|get_lock|release_|txid_|crosstab|system\$)"
)
"""How names begin that no casebook may allow: they write, read files, wait, lock, or run a statement that is text."""
