//! The contact (HaloPSA calls it Users). No job title, no website, no LinkedIn: the published schema has none.

use crate::record::schema;

schema! { "Users";
    SITE_ID_INT = int "site_id_int" always read_only;
    CLIENT_ID = int "client_id" always;
    LINKED_AGENT_ID = int "linked_agent_id" listed;
    KEY = int "key" read_only;
    NAME = text "name" always;
    SITE_ID = double "site_id" always;
    FIRSTNAME = text "firstname" always;
    SURNAME = text "surname" always;
    INITIALS = text "initials" always;
    TITLE = text "title" listed null;
    EMAILADDRESS = text "emailaddress" always;
    EMAIL2 = text "email2" null;
    EMAIL3 = text "email3" null;
    PHONENUMBER_PREFERRED = text "phonenumber_preferred" listed null;
    SITEPHONENUMBER = text "sitephonenumber" listed null read_only;
    PHONENUMBER = text "phonenumber" always;
    HOMENUMBER = text "homenumber" listed null;
    MOBILENUMBER = text "mobilenumber" listed null;
    MOBILENUMBER2 = text "mobilenumber2" listed null;
    FAX = text "fax" listed null;
    WHATSAPP_NUMBER = text "whatsapp_number" listed null;
    TELPREF = int "telpref" listed;
    DEPARTMENT = text "department" null;
    NOTES = text "notes" null;
    INACTIVE = bool "inactive" always;
    ISIMPORTANTCONTACT = bool "isimportantcontact" always;
    IS_PROSPECT = bool "is_prospect" always;
    PROSPECT_ACCOUNT_ID = int "prospect_account_id";
    NEVERSENDEMAILS = bool "neversendemails" always;
    NEVERSENDMARKETINGEMAILS = bool "neversendmarketingemails" listed;
    UNSUBSCRIBED = bool "unsubscribed";
    ISSERVICEACCOUNT = bool "isserviceaccount" always;
    THIRD_PARTY_ID = text "third_party_id" null;
    OTHER1 = text "other1" listed null;
    OTHER2 = text "other2" listed null;
    OTHER3 = text "other3" listed null;
    OTHER4 = text "other4" listed null;
    OTHER5 = text "other5" listed null;
    DATECREATED = date "datecreated" read_only;
    USE = text "use" read_only;
}
