/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/jsoncheck.h"

#include <math.h>
#include <string.h>

/* A scan from left to right with one piece of memory: a bit for each open container that says whether it is an object.
 * The state is what may come next:
 *
 *    VALUE           after `:`, after `,` in an array, and at the beginning
 *    VALUE_OR_CLOSE  after `[`
 *    NAME            after `,` in an object
 *    NAME_OR_CLOSE   after `{`
 *    AFTER           after a value: `,` or the close of the container, at depth 0 the end
 *
 * UTF-8 is checked beforehand over the whole text, so the scan looks at ASCII only. */

#define DEPTH_CAPACITY 1024
/* More digits than a double or an int64 can use; RFC 8259 section 6 leaves the limit to us. */
#define NUMBER_MAX 128

typedef enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_CLOSE,
  EXPECT_NAME,
  EXPECT_NAME_OR_CLOSE,
  EXPECT_AFTER
} Expect;

typedef struct
{
  const char *start;
  const char *at;
  const char *end;
  guint depth;
  guint max_depth;
  guint64 objects[DEPTH_CAPACITY / 64];
  GError **error;
} Check;

G_DEFINE_QUARK (json_check_error, json_check_error)

static gboolean
fail (Check *check, JsonCheckError code, const char *what)
{
  g_set_error (
      check->error, JSON_CHECK_ERROR, code, "%s at byte %" G_GSIZE_FORMAT, what, (gsize) (check->at - check->start));
  return FALSE;
}

static gboolean
in_object (const Check *check)
{
  guint level = check->depth - 1;
  return (check->objects[level / 64] >> (level % 64)) & 1;
}

static int
peek (const Check *check)
{
  return check->at < check->end ? *check->at : -1;
}

static void
skip_space (Check *check)
{
  while (
      check->at < check->end && (*check->at == ' ' || *check->at == '\t' || *check->at == '\n' || *check->at == '\r'))
    check->at++;
}

/* The four digits of a \u escape; -1 when they are not four. */
static int
read_hex4 (Check *check)
{
  int value = 0;

  if (check->end - check->at < 4)
    return -1;
  for (guint i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (check->at[i]);
    if (digit < 0)
      return -1;
    value = value << 4 | digit;
  }
  check->at += 4;
  return value;
}

static gboolean
check_unicode_escape (Check *check)
{
  int unit = read_hex4 (check);

  if (unit < 0)
    return fail (check, JSON_CHECK_ERROR_SYNTAX, "escape without four hex digits");
  if (unit == 0)
    return fail (check, JSON_CHECK_ERROR_STRING, "escaped NUL");
  if (unit >= 0xdc00 && unit <= 0xdfff)
    return fail (check, JSON_CHECK_ERROR_STRING, "low surrogate without a high one");
  if (unit < 0xd800 || unit > 0xdbff)
    return TRUE;
  if (check->end - check->at < 2 || check->at[0] != '\\' || check->at[1] != 'u')
    return fail (check, JSON_CHECK_ERROR_STRING, "high surrogate without a low one");
  check->at += 2;
  unit = read_hex4 (check);
  if (unit < 0xdc00 || unit > 0xdfff)
    return fail (check, JSON_CHECK_ERROR_STRING, "high surrogate without a low one");
  return TRUE;
}

static gboolean
check_string (Check *check)
{
  check->at++;
  while (check->at < check->end) {
    guchar c = *check->at;

    if (c < 0x20)
      return fail (check, JSON_CHECK_ERROR_STRING, "control character in a string");
    check->at++;
    if (c == '"')
      return TRUE;
    if (c != '\\')
      continue;
    int escaped = peek (check);
    if (escaped < 0)
      break;
    if (escaped == 0 || strchr ("\"\\/bfnrtu", escaped) == NULL)
      return fail (check, JSON_CHECK_ERROR_SYNTAX, "unknown escape");
    check->at++;
    if (escaped == 'u' && !check_unicode_escape (check))
      return FALSE;
  }
  return fail (check, JSON_CHECK_ERROR_SYNTAX, "string without an end");
}

static guint
skip_digits (Check *check)
{
  const char *from = check->at;

  while (check->at < check->end && g_ascii_isdigit (*check->at))
    check->at++;
  return (guint) MIN (check->at - from, G_MAXINT);
}

/* The grammar of a number. @integral: it has neither fraction nor exponent. */
static gboolean
scan_number (Check *check, gboolean *integral)
{
  if (peek (check) == '-')
    check->at++;
  if (peek (check) == '0')
    check->at++;
  else if (skip_digits (check) == 0)
    return fail (check, JSON_CHECK_ERROR_SYNTAX, "number without digits");
  if (g_ascii_isdigit (peek (check)))
    return fail (check, JSON_CHECK_ERROR_SYNTAX, "leading zero");

  *integral = TRUE;
  if (peek (check) == '.') {
    *integral = FALSE;
    check->at++;
    if (skip_digits (check) == 0)
      return fail (check, JSON_CHECK_ERROR_SYNTAX, "fraction without digits");
  }
  if (peek (check) == 'e' || peek (check) == 'E') {
    *integral = FALSE;
    check->at++;
    if (peek (check) == '+' || peek (check) == '-')
      check->at++;
    if (skip_digits (check) == 0)
      return fail (check, JSON_CHECK_ERROR_SYNTAX, "exponent without digits");
  }
  return TRUE;
}

static gboolean
check_number (Check *check)
{
  const char *from = check->at;
  char text[NUMBER_MAX + 1];
  gboolean integral;

  if (!scan_number (check, &integral))
    return FALSE;
  gsize length = check->at - from;
  if (length > NUMBER_MAX)
    return fail (check, JSON_CHECK_ERROR_NUMBER, "number with too many digits");
  memcpy (text, from, length);
  text[length] = '\0';
  if (integral && !g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, NULL, NULL))
    return fail (check, JSON_CHECK_ERROR_NUMBER, "integer outside 64 bits");
  if (!integral && !isfinite (g_ascii_strtod (text, NULL)))
    return fail (check, JSON_CHECK_ERROR_NUMBER, "number outside the range of a double");
  return TRUE;
}

static gboolean
check_word (Check *check)
{
  static const char *const words[] = {"true", "false", "null"};

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize length = strlen (words[i]);
    if ((gsize) (check->end - check->at) >= length && memcmp (check->at, words[i], length) == 0) {
      check->at += length;
      return TRUE;
    }
  }
  return fail (check, JSON_CHECK_ERROR_SYNTAX, "no value");
}

static gboolean
open_container (Check *check, Expect *expect)
{
  gboolean object = *check->at == '{';
  guint level = check->depth;

  if (level >= check->max_depth)
    return fail (check, JSON_CHECK_ERROR_DEPTH, "nested too deep");
  guint64 bit = G_GUINT64_CONSTANT (1) << (level % 64);
  if (object)
    check->objects[level / 64] |= bit;
  else
    check->objects[level / 64] &= ~bit;
  check->depth++;
  check->at++;
  *expect = object ? EXPECT_NAME_OR_CLOSE : EXPECT_VALUE_OR_CLOSE;
  return TRUE;
}

static gboolean
check_value (Check *check, Expect *expect)
{
  int c = peek (check);

  if (c == '{' || c == '[')
    return open_container (check, expect);
  *expect = EXPECT_AFTER;
  if (c == '"')
    return check_string (check);
  if (c == '-' || g_ascii_isdigit (c))
    return check_number (check);
  return check_word (check);
}

static gboolean
check_name (Check *check, Expect *expect)
{
  if (peek (check) != '"')
    return fail (check, JSON_CHECK_ERROR_SYNTAX, "no name");
  if (!check_string (check))
    return FALSE;
  skip_space (check);
  if (peek (check) != ':')
    return fail (check, JSON_CHECK_ERROR_SYNTAX, "name without a colon");
  check->at++;
  *expect = EXPECT_VALUE;
  return TRUE;
}

/* What may follow a value inside a container. */
static gboolean
check_after (Check *check, Expect *expect)
{
  if (peek (check) != ',')
    return fail (check, JSON_CHECK_ERROR_SYNTAX, "neither a comma nor the container's end");
  check->at++;
  *expect = in_object (check) ? EXPECT_NAME : EXPECT_VALUE;
  return TRUE;
}

static gboolean
close_container (Check *check, Expect *expect)
{
  gboolean may_close = *expect != EXPECT_VALUE && *expect != EXPECT_NAME && check->depth > 0;

  if (!may_close || peek (check) != (in_object (check) ? '}' : ']'))
    return FALSE;
  check->depth--;
  check->at++;
  *expect = EXPECT_AFTER;
  return TRUE;
}

static gboolean
check_next (Check *check, Expect *expect)
{
  skip_space (check);
  if (close_container (check, expect))
    return TRUE;
  if (check->at == check->end)
    return fail (check, JSON_CHECK_ERROR_SYNTAX, "text without an end");
  switch (*expect) {
    case EXPECT_VALUE:
    case EXPECT_VALUE_OR_CLOSE:
      return check_value (check, expect);
    case EXPECT_NAME:
    case EXPECT_NAME_OR_CLOSE:
      return check_name (check, expect);
    case EXPECT_AFTER:
      return check_after (check, expect);
  }
  return FALSE;
}

gboolean
json_check (const char *text, gsize length, guint max_depth, GError **error)
{
  Check check = {.start = text, .at = text, .error = error};
  Expect expect = EXPECT_VALUE;

  if (length == 0) /* @text may be NULL */
    return fail (&check, JSON_CHECK_ERROR_SYNTAX, "nothing");
  check.end = text + length;
  check.max_depth = MIN (max_depth, DEPTH_CAPACITY);
  if (!g_utf8_validate_len (text, length, &check.at))
    return fail (&check, JSON_CHECK_ERROR_STRING, "no UTF-8");
  check.at = text;
  do {
    if (!check_next (&check, &expect))
      return FALSE;
  } while (check.depth > 0 || expect != EXPECT_AFTER);
  skip_space (&check);
  if (check.at != check.end)
    return fail (&check, JSON_CHECK_ERROR_SYNTAX, "something after the value");
  return TRUE;
}
