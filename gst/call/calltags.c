/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Registered without a merge function: such a tag has one value, and encoders and parsers that merge the tags of their
 * input into their own keep it. Stream scope, for two calls of one pipeline have each their own. */

#include "calltags.h"

void
call_tags_register (void)
{
  gst_tag_register_static (
      CALL_TAG_ID, GST_TAG_FLAG_META, G_TYPE_STRING, "call id", "the call that this is the media of", NULL);
  gst_tag_register_static (
      CALL_TAG_PEER, GST_TAG_FLAG_META, G_TYPE_STRING, "call peer", "user id of the participant who sent this", NULL);
  gst_tag_register_static (CALL_TAG_PEER_NAME, GST_TAG_FLAG_META, G_TYPE_STRING, "call peer's name",
      "display name of the participant who sent this", NULL);
}

static void
add (GstTagList **list, const char *tag, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  if (*list == NULL) {
    call_tags_register ();
    *list = gst_tag_list_new_empty ();
    gst_tag_list_set_scope (*list, GST_TAG_SCOPE_STREAM);
  }
  gst_tag_list_add (*list, GST_TAG_MERGE_REPLACE, tag, value, NULL);
}

GstTagList *
call_tags_new (const char *call_id, const char *peer, const char *peer_name)
{
  GstTagList *list = NULL;

  add (&list, CALL_TAG_ID, call_id);
  add (&list, CALL_TAG_PEER, peer);
  add (&list, CALL_TAG_PEER_NAME, peer_name);
  return list;
}

gboolean
call_tags_read (const GstTagList *list, char **call_id, char **peer, char **peer_name)
{
  *call_id = *peer = *peer_name = NULL;
  gst_tag_list_get_string (list, CALL_TAG_PEER, peer);
  gst_tag_list_get_string (list, CALL_TAG_PEER_NAME, peer_name);
  return gst_tag_list_get_string (list, CALL_TAG_ID, call_id);
}
