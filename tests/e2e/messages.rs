//! What the first screens say when something is wrong, and that nothing typed is lost.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::harness::{Tenant, Window};

#[tokio::test]
async fn a_wrong_secret_is_named_and_can_be_put_right() {
    let tenant = Tenant::start();
    let window = Window::open().await;
    window.press("Connect to HaloPSA").await;
    window.fill("Address", &tenant.address()).await;
    window.press("Continue").await;
    window.pick("With a service account").await;
    window.fill("Client ID", sandbox::CLIENT_ID).await;
    window.fill("Client secret", "not-the-secret").await;
    window.press("Connect").await;

    window.says("HaloPSA does not accept this client ID and secret").await;
    // Only what was wrong has to be typed again.
    window.fill("Client secret", sandbox::CLIENT_SECRET).await;
    window.press("Connect").await;
    window.press("Open the board").await;
    window.all_in().await;
}

#[tokio::test]
async fn an_address_that_is_no_halopsa_is_asked_for_again() {
    let website = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", website.local_addr().unwrap());
    tokio::spawn(async move {
        let page = "<!doctype html><title>A shop</title><p>Shoes";
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
            page.len()
        );
        while let Ok((mut visitor, _)) = website.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut asked = [0; 4096];
                let _read = visitor.read(&mut asked).await?;
                visitor.write_all(answer.as_bytes()).await
            });
        }
    });
    let window = Window::open().await;
    window.press("Connect to HaloPSA").await;
    window.fill("Address", &address).await;
    window.press("Continue").await;
    window.pick("With a service account").await;
    window.fill("Client ID", "1f2e").await;
    window.fill("Client secret", "a secret").await;
    window.press("Connect").await;

    window.says("There is no HaloPSA at this address").await;
    let typed = window.input("Address").await.prop("value").await.unwrap();
    assert_eq!(typed.as_deref(), Some(address.as_str()));
}
