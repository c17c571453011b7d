//! The site of a company. It has no website: that is the client's.

use crate::record::schema;

schema! { "Site";
    CLIENT_ID = double "client_id" always;
    SLA_ID = int "sla_id" listed;
    MAINCONTACT_ID = int "maincontact_id" listed;
    MESSAGEGROUP_ID = int "messagegroup_id";
    NAME = text "name" always;
    INACTIVE = bool "inactive" always;
    PHONENUMBER = text "phonenumber" always;
    NOTES = text "notes" null;
    COLOUR = text "colour" listed;
    TIMEZONE = text "timezone" listed null;
    ISSTOCKLOCATION = bool "isstocklocation" listed;
    DELIVERY_ADDRESS_LINE1 = text "delivery_address_line1" listed null;
    DELIVERY_ADDRESS_LINE2 = text "delivery_address_line2" listed null;
    DELIVERY_ADDRESS_LINE3 = text "delivery_address_line3" listed null;
    DELIVERY_ADDRESS_LINE4 = text "delivery_address_line4" listed null;
    DELIVERY_ADDRESS_LINE5 = text "delivery_address_line5" listed null;
    COUNTRY_CODE = text "country_code" null;
    COUNTRY_CODE_NAME = text "country_code_name" listed null;
    REGION_CODE_NAME = text "region_code_name" listed null;
    INVOICE_ADDRESS = json "invoice_address";
    DELIVERY_ADDRESS = json "delivery_address";
    DATECREATED = date "datecreated" read_only;
    USE = text "use" read_only;
}
