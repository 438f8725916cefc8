//! tungstenite and serde_json. Given the address and count or count-by; prints {"cpuSeconds":…,"counted":…}.
//! Only what is needed is decoded, as serde does it for a struct: a message that is counted is a `RawValue`, which is
//! checked and borrowed; of one that is counted by key, the symbol is borrowed and the rest skipped.

use std::{borrow::Cow, collections::HashMap, env};

use cpu_time::ProcessTime;
use serde::Deserialize;
use serde_json::value::RawValue;
use tungstenite::{connect, Message};

#[derive(Deserialize)]
struct Pdu<'a, M> {
    #[allow(dead_code)]
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, bound(deserialize = "M: Deserialize<'de>"))]
    body: Body<'a, M>,
}

#[derive(Deserialize)]
struct Body<'a, M> {
    #[allow(dead_code)]
    #[serde(borrow)]
    position: Cow<'a, str>,
    messages: Vec<M>,
}

#[derive(Deserialize)]
struct Keyed<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [url, work]: [String; 2] = env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    let (mut socket, _) = connect(url)?;
    let subscribe = r#"{"action":"rtm/subscribe","id":1,"body":{"channel":"c"}}"#;
    socket.send(Message::text(subscribe))?;
    socket.read()?;

    let start = ProcessTime::now();
    let mut counted = 0;
    let mut keys: HashMap<String, u64> = HashMap::new();
    loop {
        let frame = match socket.read()? {
            Message::Text(frame) => frame,
            Message::Close(_) => break,
            _ => continue,
        };
        if work == "count" {
            let pdu: Pdu<&RawValue> = serde_json::from_str(&frame)?;
            counted += pdu.body.messages.len();
            continue;
        }
        let pdu: Pdu<Keyed> = serde_json::from_str(&frame)?;
        counted += pdu.body.messages.len();
        for Keyed { symbol } in pdu.body.messages {
            match keys.get_mut(symbol.as_ref()) {
                Some(count) => *count += 1,
                None => {
                    keys.insert(symbol.into_owned(), 1);
                }
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let of_keys = if work == "count" { String::new() } else { format!(r#","keys":{}"#, keys.len()) };
    println!(r#"{{"cpuSeconds":{seconds},"counted":{counted}{of_keys}}}"#);
    Ok(())
}
