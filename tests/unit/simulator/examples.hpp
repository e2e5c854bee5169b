#pragma once

#include "running_simulator.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <set>

namespace crmsync::sim::test {

/// The two halves of an exchange as an example file shows them. Either may be missing.
struct Exchange {
    std::string title; ///< of the answer: "Response, wrong secret"
    std::string method, target, body;
    Headers headers;
    int status = 0;
    std::optional<json::value> answer;
};

/// Whether no folder of examples is named; says so.
bool skipped();
/// The exchanges of a file, which has to be among those replayed.
std::vector<Exchange> read_example(const std::string& name);
/// Bodies of its requests, those without an answer too.
std::vector<std::string> read_request_bodies(const std::string& name);
/// The names of all files.
std::set<std::string> example_files();
/// The files whose exchanges the tests play.
const std::set<std::string>& replayed_examples();
/// The files of mail and sign-in that no test plays, each with its reason; and beginnings of names.
const std::map<std::string, std::string>& skipped_examples();

/// Names of the example must be in ours, at every level and with values of the same kind; each row
/// of its lists must have one of ours that has all its names. `except` are values the example has
/// by chance (a search folder, an address that may be absent).
void compare(const json::value& theirs, const json::value& ours, const std::string& where,
             const std::set<std::string>& except);
/// Names that the metadata or the examples know; anything else in an answer is invented.
void check_known(const json::value& ours, const std::string& where);

/// Examples of /me and of ids that exist nowhere, turned to Ann's mailbox and a message in it.
struct Replay : Running {
    ItemRef item;
    std::string attachment, category, folder;

    Replay()
    {
        Mail mail;
        mail.from = Address{"Adele", "adele@customer.example"};
        mail.to = {{"Ann", ann}};
        mail.cc = {{"Cy", "cy@customer.example"}};
        mail.subject = "RE: Talk";
        mail.body = "<p>Hi</p>";
        mail.extended = {{"string {66f5a359-4659-4830-9070-00047ec6ac6e} name Color", "Green"}};
        Attachment file, other;
        file.name = "a.txt";
        file.content_type = "text/plain";
        file.content = std::make_shared<const std::string>("abc");
        mail.attachments = {file};
        item = deliver(mail).front();
        const auto list = get(message(item, "/attachments")).json();
        attachment = text(list.at("value").at(0), "id");
    }

    std::string add_attachment(Attachment made)
    {
        return server.run([&](Script& s) {
            Item& to = s.item(ann, item.id);
            made.number = s.mailbox(ann).next_attachment();
            to.attachments.push_back(made);
            return attachment_id(s.mailbox(ann).default_id(to), made.number);
        });
    }

    /// The example's target with our mailbox and, in the place of each id, one of ours.
    std::string path_of(const Exchange& exchange)
    {
        const auto version = exchange.target.find("/v1.0");
        std::string path = exchange.target.substr(version + 5);
        for (const std::string_view from : {"/me/", "/Me/", "/me"})
            if (path.starts_with(from)) {
                path =
                    "/users/" + ann + (from.ends_with('/') ? "/" : "") + path.substr(from.size());
                break;
            }
        Request words;
        read_target(words, path);
        std::string out;
        for (std::size_t i = 0; i < words.path.size(); ++i) {
            const std::string_view before = i ? std::string_view(words.path[i - 1]) : "";
            std::string word = words.path[i];
            if (same_name(before, "users"))
                word = ann;
            else if (same_name(before, "messages") && word != "delta" && word[0] != '$')
                word = item.id;
            else if (same_name(before, "mailFolders") && word != "delta")
                word = "inbox";
            else if (same_name(before, "attachments") && word != "createUploadSession")
                word = attachment;
            else if (same_name(before, "masterCategories"))
                word = category;
            out += '/' + word;
        }
        if (!words.query.empty()) {
            out += '?';
            for (const char c : words.query)
                out += c == ' ' ? std::string("%20") : std::string(1, c);
        }
        return out;
    }

    Response replay(const Exchange& exchange, std::string path = {})
    {
        if (path.empty())
            path = path_of(exchange);
        Headers headers;
        for (const auto& [name, value] : exchange.headers)
            if (same_name(name, "Prefer") || same_name(name, "Content-Type"))
                headers.emplace_back(name, value);
        INFO(exchange.method << " " << path);
        const Response response = call(exchange.method, path, exchange.body, headers);
        INFO(response.body.substr(0, 400));
        CHECK(response.status == exchange.status);
        return response;
    }

    Response check(const Exchange& exchange, const std::set<std::string>& except = {},
                   std::string path = {})
    {
        const Response response = replay(exchange, std::move(path));
        INFO(exchange.method << " " << exchange.target);
        if (exchange.answer && !response.body.empty()) {
            const json::value ours = response.json();
            compare(*exchange.answer, ours, "answer", except);
            check_known(ours, "answer");
        }
        return response;
    }
};

} // namespace crmsync::sim::test
