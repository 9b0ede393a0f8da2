//! Documents by e-mail.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};

use crate::table::Document;

/// Why a document was not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    /// No server is configured.
    #[error("no mail server is configured")]
    NoServer,
    /// An address, or the message, is not valid.
    #[error("the message cannot be written: {0}")]
    Unwritable(String),
    /// The server did not take it.
    #[error("the mail server refused: {0}")]
    Refused(String),
}

/// Sends documents by SMTP.
#[derive(Clone)]
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// From `smtp://user:password@host:port` or `smtps://…`, and who it says it is from.
    ///
    /// # Errors
    /// When either cannot be read.
    pub(crate) fn new(url: &str, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(unwritable)?.build();
        Ok(Self { transport, from: from.parse().map_err(unwritable)? })
    }

    /// Sends a document to each address, one message for each.
    ///
    /// # Errors
    /// The first failure; the others are tried all the same.
    pub(crate) async fn send(&self, to: &[String], subject: &str, document: &Document) -> Result<(), MailError> {
        let mut sent = Ok(());
        for address in to {
            let one = match message(&self.from, address, subject, document) {
                Ok(message) => {
                    self.transport.send(message).await.map_err(|error| MailError::Refused(error.to_string()))
                }
                Err(error) => Err(error),
            };
            sent = sent.and(one.map(|_| ()));
        }
        sent
    }
}

fn unwritable(error: impl std::fmt::Display) -> MailError {
    MailError::Unwritable(error.to_string())
}

/// A page is the message itself; anything else is attached.
fn message(from: &Mailbox, to: &str, subject: &str, document: &Document) -> Result<Message, MailError> {
    let builder = Message::builder().from(from.clone()).to(to.parse().map_err(unwritable)?).subject(subject);
    let message = if document.content_type.starts_with("text/html") {
        builder.singlepart(SinglePart::html(String::from_utf8_lossy(&document.bytes).into_owned()))
    } else {
        let kind = ContentType::parse(document.content_type).map_err(unwritable)?;
        let file = document.file.clone().unwrap_or_else(|| "report.txt".to_owned());
        let attached = Attachment::new(file).body(document.bytes.clone(), kind);
        builder.multipart(MultiPart::mixed().singlepart(SinglePart::plain(subject.to_owned())).singlepart(attached))
    };
    message.map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(content_type: &'static str) -> String {
        let from = "Nagare <reports@nagare.example>".parse().unwrap();
        let document = Document { content_type, file: Some("week.csv".to_owned()), bytes: b"label,nb_visits".to_vec() };
        let message = message(&from, "reader@example.org", "Weekly", &document).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    /// `reports.md` §19
    #[test]
    fn a_page_is_the_message_and_lines_are_attached() {
        let page = written("text/html; charset=utf-8");
        assert!(
            page.contains("Subject: Weekly") && page.contains("Content-Type: text/html") && !page.contains("week.csv")
        );
        let lines = written("text/csv; charset=utf-8");
        assert!(lines.contains("multipart/mixed") && lines.contains("filename=\"week.csv\""));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert!(Mailer::new("http://mail.example", "a@b.example").is_err());
        assert!(Mailer::new("smtp://mail.example", "nobody").is_err());
    }
}
