//! The company (HaloPSA calls it Client, and Area inside). It has no telephone number of its own: that is the site's.

use crate::record::schema;

schema! { "Client";
    TOPLEVEL_ID = int "toplevel_id" always;
    MAIN_SITE_ID = int "main_site_id" read_only;
    MAIN_CONTACT_ID = int "main_contact_id";
    CUSTOMERTYPE = int "customertype" listed;
    NAME = text "name" always;
    INACTIVE = bool "inactive" always;
    COLOUR = text "colour" always;
    WEBSITE = text "website" null;
    DOMAIN = text "domain" null;
    NOTES = text "notes" null;
    ACCOUNTSID = text "accountsid" listed null;
    ACCOUNTMANAGERTECH = int "accountmanagertech" listed;
    SALESREPTECH = int "salesreptech" listed;
    ACCOUNTOWNERTECH = int "accountownertech" listed;
    PRITECH = int "pritech" listed;
    CUSTOMER_RELATIONSHIP = json "customer_relationship";
    IS_ACCOUNT = bool "is_account" always;
    ISOPPORTUNITY = int "isopportunity";
    STOPPED = int "stopped" listed;
    IS_VIP = bool "is_vip" listed;
    CLIENTCURRENCY = text "clientcurrency" null;
    DATECREATED = date "datecreated" read_only;
    CALLDATE = date "calldate" listed;
    NEWCLIENT_SITENAME = text "newclient_sitename";
    NEWCLIENT_CONTACTNAME = text "newclient_contactname";
    NEWCLIENT_CONTACTEMAIL = text "newclient_contactemail";
    USE = text "use" read_only;
}
