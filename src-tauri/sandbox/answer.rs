//! What goes back: answers, and the many forms in which HaloPSA says no.

use serde_json::{Value, json};

/// The text of a 429, as real tenants send it.
pub fn rate_limit_text(requests: u32, minutes: u64) -> String {
    format!("Rate Limit Reached - {requests} Requests per rolling {minutes} minute window.")
}

/// An answer before it becomes HTTP.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Empty for an empty body.
    pub content_type: &'static str,
    pub body: Vec<u8>,
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            content_type: "",
            body: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub fn json(status: u16, value: &Value) -> Self {
        Self::bytes(status, value.to_string().into_bytes())
    }

    /// JSON that is already text.
    pub fn bytes(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            content_type: "application/json; charset=utf-8",
            body,
            headers: Vec::new(),
        }
    }

    pub fn plain(status: u16, text: impl Into<String>) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            body: text.into().into_bytes(),
            headers: Vec::new(),
        }
    }

    pub fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\r\n<html><head><title>{status} - {title}</title></head>\r\n\
             <body><center><h1>{status} {title}</h1></center><hr><center>Microsoft-Azure-Application-Gateway/v2</center>\
             </body></html>\r\n"
        );
        Self {
            status,
            content_type: "text/html",
            body: page.into_bytes(),
            headers: Vec::new(),
        }
    }

    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Why a request is refused. Each variant has the body form that HaloPSA uses for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 400 with a JSON string.
    Text(String),
    /// 400 with a serialised .NET exception.
    Exception(String),
    /// 400 from model binding: where, and what was wrong there.
    Binding { path: String, message: String },
    /// 401 with an empty body: no token, an expired one, or (for a few resources) a missing right.
    Unauthorised,
    /// 403 with an empty body.
    Forbidden,
    /// 404 with an empty body.
    NotFound,
    /// 405 with an empty body.
    MethodNotAllowed(&'static str),
    /// 415 with an empty body.
    MediaType,
    /// 500 with `{"error": …}`.
    Broken(String),
    /// 504 with the gateway's page: the query was too wide to be answered in time.
    TooWide,
}

impl Refusal {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The message of a failed foreign key, with the SQL that real tenants leak.
    pub fn foreign_key(table: &str, column: &str) -> Self {
        Self::Exception(format!(
            "A database error occurred (547) - The statement conflicted with the FOREIGN KEY constraint. The conflict \
             occurred in database \"sandbox\", table \"dbo.{table}\", column '{column}'."
        ))
    }

    /// The refusal as an answer.
    pub fn answer(&self) -> Answer {
        match self {
            Self::Text(text) => Answer::json(400, &json!(text)),
            Self::Exception(message) => Answer::json(
                400,
                &json!({
                    "ClassName": "System.Exception", "Message": message, "Data": null, "InnerException": null,
                    "HelpURL": null, "StackTraceString": null, "RemoteStackTraceString": null, "RemoteStackIndex": 0,
                    "ExceptionMethod": null, "HResult": -2_146_233_088_i64, "Source": null, "WatsonBuckets": null,
                }),
            ),
            Self::Binding { path, message } => Answer::json(400, &json!({ path.as_str(): [message] })),
            Self::Unauthorised => Answer::empty(401),
            Self::Forbidden => Answer::empty(403),
            Self::NotFound => Answer::empty(404),
            Self::MethodNotAllowed(allow) => Answer::empty(405).with_header("Allow", *allow),
            Self::MediaType => Answer::empty(415),
            Self::Broken(message) => Answer::json(500, &json!({ "error": message })),
            Self::TooWide => Answer::html(504, "Gateway Time-out"),
        }
    }
}
