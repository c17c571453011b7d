//! Call logs, CRM notes, appointments, and the smaller resources that are kept as they are posted.

/// `CallLog`: HaloPSA's own home for call records. It has no DELETE.
pub mod call_log {
    use crate::record::schema;

    schema! { "CallLog";
        AGENT_ID = int "agent_id" always;
        CLIENT_ID = int "client_id" always;
        USER_ID = int "user_id" always;
        TICKET_ID = int "ticket_id" always;
        SITE_ID = int "site_id" always;
        START_DATE = date "start_date" always;
        END_DATE = date "end_date" always;
        TIMETAKEN = double "timetaken" always;
        CALLERID = text "callerid" listed null;
        DIALLEDNUMBER = text "diallednumber" always;
        CALLER_NAME = text "caller_name" listed null;
        CALLER_EMAIL = text "caller_email" listed null;
        USER_NUMBER = text "user_number" listed null;
        OUTCOME_ID = int "outcome_id" always;
        ACTION_NUMBER = int "action_number" always;
        SUMMARY = text "summary" always;
        NOTE = text "note" always;
        CALL_STATUS = int "call_status" always;
        CALL_DIRECTION = int "call_direction" always;
        CALL_TYPE = text "call_type" listed null;
        CALL_TRANSCRIPT = text "call_transcript" null;
        CALL_CATEGORY = text "call_category" listed null;
        CATEGORY1 = text "category1" listed null;
        CATEGORY2 = text "category2" listed null;
        CATEGORY3 = text "category3" listed null;
        CATEGORY4 = text "category4" listed null;
        TRANSFERRED_AGENTID = int "transferred_agentid" listed;
        TRANSFERRED_TEAMID = int "transferred_teamid" listed;
        THIRD_PARTY_ID = text "third_party_id" listed null;
        COMPLETE = bool "_complete";
    }
}

/// `CRMNote`: client-level notes with a next call date.
pub mod crm_note {
    use crate::record::schema;

    schema! { "CRMNote";
        CLIENT_ID = int "client_id" always;
        SITE_ID = int "site_id" always;
        USER_ID = int "user_id" always;
        WHO_AGENTID = int "who_agentid" always;
        SUPPLIER_ID = int "supplier_id" always;
        QUOTE_ID = int "quote_id" listed;
        TICKETID = int "ticketid" always;
        DATETIME = date "datetime" always;
        NOTE = text "note" always;
        DETAIL = text "detail" listed null;
        TIMETAKEN = double "timetaken" always;
        NEXTCALLDATE = date "nextcalldate" always;
        NEXTCALLDURATION = double "nextcallduration" listed;
        SATISFACTION = text "satisfaction" listed null;
        ADD_TO_CALENDAR = bool "add_to_calendar";
        APP_USER_ID = int "app_user_id";
        APP_AGENT_ID = int "app_agent_id";
        APP_SUBJECT = text "app_subject" null;
    }
}

/// `Appointment`: meetings and tasks.
pub mod appointment {
    use crate::record::schema;

    schema! { "Appointment";
        AGENT_ID = int "agent_id" always;
        CLIENT_ID = int "client_id" always;
        USER_ID = int "user_id" always;
        TICKET_ID = int "ticket_id" always;
        SITE_ID = int "site_id" always;
        SUBJECT = text "subject" always;
        START_DATE = date "start_date" always;
        END_DATE = date "end_date" always;
        LAST_MODIFIED = date "last_modified" always read_only;
        ALLDAY = bool "allday" always;
        NOTE_HTML = text "note_html";
        AGENTS = json "agents";
        APPOINTMENT_TYPE_ID = int "appointment_type_id";
        APPOINTMENT_TYPE_NAME = text "appointment_type_name" listed null;
        IS_PRIVATE = bool "is_private" always;
        IS_TASK = bool "is_task" always;
        COMPLETE_STATUS = int "complete_status" always;
        COMPLETE_DATE = date "complete_date";
        COMPLETE_TIMETAKEN = double "complete_timetaken";
        COMPLETE_NOTEHTML = text "complete_notehtml";
        REMINDERMINUTES = int "reminderminutes";
        ONLINE_MEETING_URL = text "online_meeting_url" listed null;
        COLOUR = text "colour" listed null;
        ATTENDEES = text "attendees" listed null;
        APPOINTMENT_LOCATION_FREE_TEXT = text "appointment_location_free_text" listed null;
        CRMNOTE_ID = int "crmnote_id" listed;
    }
}

/// `Tags`: words that can be put on tickets.
pub mod tag {
    use crate::record::schema;

    schema! { "Tags";
        ADD_TO_KBID = int "add_to_kbid";
        ADD_TO_CTID = int "add_to_ctid";
        ADD_TO_STID = int "add_to_stid";
        TEXT = text "text" always;
    }
}

/// `DistributionLists`: members are contacts, never tickets.
pub mod distribution_list {
    use crate::record::schema;

    schema! { "DistributionLists";
        MAILBOX_FROM = int "mailbox_from" always;
        USERS_COUNT = int "users_count" always read_only;
        NAME = text "name" always;
        DESC = text "desc" listed null;
        DYNAMIC_MEMBERS = bool "dynamic_members" always;
        MEMBERS = json "members" read_only;
        ADDTHESEUSERS = json "addtheseusers";
        REMOVETHESEUSERS = json "removetheseusers";
        FILTERS = json "filters";
    }
}

/// `ViewLists`: saved ticket views. They are filters, not membership.
pub mod view_list {
    use crate::record::schema;

    schema! { "ViewLists";
        RESTRICTION_TYPE = int "restriction_type" always;
        AGENT_ID = int "agent_id" always;
        COLUMN_PROFILE_ID = int "column_profile_id" always;
        FILTER_PROFILE_ID = int "filter_profile_id" always;
        NAME = text "name" always;
        USE = text "use" always;
        TEAM_ID = text "team_id" listed null;
        GROUP_NAME = text "group_name" listed null;
        SEQUENCE = int "sequence" always;
        FILTERS = json "filters";
    }
}

/// `Webhook`: its id is a GUID.
pub mod webhook {
    use crate::record::schema;

    schema! { "Webhook";
        TYPE = int "type" always;
        METHOD = int "method" always;
        AUTHENTICATION_TYPE = int "authentication_type" always;
        PAYLOAD_TYPE = int "payload_type" always;
        NAME = text "name" always;
        URL = text "url" always;
        CONTENT_TYPE = text "content_type" listed;
        ACTIVE = bool "active" always;
        AUTHENTICATION_HEADER = text "authentication_header" listed null;
        ALGORITHM = int "algorithm" listed;
        DIGEST = int "digest" listed;
        SIGNATURE_PREFIX = text "signature_prefix" listed null;
        BASIC_USERNAME = text "basic_username" listed null;
        CERTIFICATE_ID = int "certificate_id" listed;
        CUSTOM_PAYLOAD = text "custom_payload" null;
        BATCH_METHOD = int "batch_method" listed;
        BATCH_DELAY_SECONDS = int "batch_delay_seconds" listed;
        BATCH_LIMIT = int "batch_limit" listed;
        LOG_RETENTION_POLICY_DAYS = int "log_retention_policy_days" listed;
    }
}

/// `Notification`: attaches events to a webhook.
pub mod notification {
    use crate::record::schema;

    schema! { "Notification";
        EVENTNO = int "eventno" always;
        TYPE = int "type" always;
        DELIVERY_METHOD = int "delivery_method" always;
        AGENT_ID = int "agent_id" always;
        NAME = text "name" always;
        WEBHOOK_ID = text "webhook_id" always;
        FILTER_TYPE = int "filter_type" listed;
        RESTRICTION_TYPE = int "restriction_type" listed;
        INTERVAL = int "interval" listed;
        USEWORKINGHOURS = int "useworkinghours" listed;
        EMAILTEMPLATE_ID = int "emailtemplate_id" listed;
        CONDITIONS = json "conditions";
    }
}

/// `WebhookEvent`: attempts of delivery. Read only, and empty: the sandbox delivers nothing.
pub mod webhook_event {
    use crate::record::schema;

    schema! { "WebhookEvent";
        RESPONSESTATUS = int "responsestatus" always;
        EVENTNO = int "eventno" always;
        OBJECT_ID = int "object_id" always;
        STATUS = int "status" always;
        WEBHOOK_ID = text "webhook_id" always;
    }
}

/// `Attachment`: files of a ticket.
pub mod attachment {
    use crate::record::schema;

    schema! { "Attachment";
        TICKET_ID = int "ticket_id" always;
        ACTION_ID = int "action_id" always;
        TYPE = int "type" always;
        AGENT_ID = int "agent_id" always;
        FILENAME = text "filename" always;
        FILESIZE = int "filesize" always read_only;
        DATECREATED = date "datecreated" always read_only;
        NOTE = text "note" listed null;
        DATA_BASE64 = text "data_base64";
    }
}

/// `Audit`: who changed which property of a ticket, from what, to what.
pub mod audit {
    use crate::record::schema;

    schema! { "Audit";
        TICKET_ID = int "ticket_id" always read_only;
        AGENT_ID = int "agent_id" always read_only;
        ID1 = int "id1" always read_only;
        ID2 = int "id2" always read_only;
        DATE = date "date" always read_only;
        VALUE = text "value" always read_only;
        FROM = text "from" always read_only;
        TO = text "to" always read_only;
        TABLE_NAME = text "table_name" always read_only;
    }
}
