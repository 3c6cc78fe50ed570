/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/jsoncheck.h"
#include "gst/core/jsontext.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* What the validator lets through json-glib parses, without a crash and without an error, and the reader in jsontext
 * sees the same values in it. */

static void
compare_scalar (const JsonSlice *slice, JsonNode *node)
{
  g_autofree char *text = json_slice_to_string (slice);
  gint64 number;

  if (text != NULL)
    FUZZ_ASSERT (strcmp (text, json_node_get_string (node)) == 0);
  else if (json_node_get_value_type (node) == G_TYPE_INT64)
    FUZZ_ASSERT (json_slice_to_int (slice, G_MININT64, G_MAXINT64, &number) && number == json_node_get_int (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    FUZZ_ASSERT (json_slice_is (slice, json_node_get_boolean (node) ? "true" : "false"));
}

static void
compare_value (const JsonSlice *slice, JsonNode *node)
{
  JsonSlice name, value;
  JsonWalk walk;
  guint count = 0;

  if (JSON_NODE_HOLDS_VALUE (node))
    compare_scalar (slice, node);
  if (!json_walk_open (&walk, slice->text, slice->length)) {
    FUZZ_ASSERT (JSON_NODE_HOLDS_VALUE (node) || JSON_NODE_HOLDS_NULL (node));
    return;
  }
  FUZZ_ASSERT (walk.object == JSON_NODE_HOLDS_OBJECT (node));
  for (; json_walk_next (&walk, &name, &value); count++) {
    if (!walk.object) {
      compare_value (&value, json_array_get_element (json_node_get_array (node), count));
      continue;
    }
    g_autofree char *key = json_slice_to_string (&name);
    FUZZ_ASSERT (json_object_has_member (json_node_get_object (node), key));
  }
  FUZZ_ASSERT (walk.object || count == json_array_get_length (json_node_get_array (node)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!json_check (text, size, JSON_CHECK_MAX_DEPTH, &error)) {
    FUZZ_ASSERT (error != NULL && error->domain == JSON_CHECK_ERROR);
    return 0;
  }
  FUZZ_ASSERT (json_parser_load_from_data (parser, text, (gssize) size, &error));
  JsonNode *root = json_parser_get_root (parser);
  FUZZ_ASSERT (root != NULL);
  if (JSON_NODE_HOLDS_ARRAY (root) || JSON_NODE_HOLDS_OBJECT (root)) {
    JsonSlice whole = {text, size};
    compare_value (&whole, root);
  }
  return 0;
}
