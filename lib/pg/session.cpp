#include "pg/session.hpp"

#include "base/text.hpp"
#include "pg/sqlstate.hpp"

#include <fmt/format.h>

#include <new>
#include <optional>
#include <vector>

namespace crmsync::pg {

namespace asio = boost::asio;

namespace {

std::string first_line(std::string_view text)
{
    return std::string(trim(text.substr(0, text.find('\n'))));
}

/// Notices would go to standard error, rows and all. On an idle connection the server's last words
/// come as one.
void hear_notice(void* dismissed, const PGresult* notice)
{
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity &&
        (std::string_view(severity) == "FATAL" || std::string_view(severity) == "PANIC"))
        *static_cast<bool*>(dismissed) = true;
}

} // namespace

Session::Session(asio::any_io_executor executor) : socket_(std::move(executor)) {}

Session::~Session() { close(); }

void Session::close()
{
    socket_.release();
    if (pg_)
        PQfinish(pg_);
    pg_ = nullptr;
}

asio::awaitable<void> Session::connect(ConnectionParameters parameters,
                                       std::chrono::milliseconds deadline)
{
    parameters = co_await resolve_hosts(std::move(parameters), deadline);
    std::vector<const char*> keywords, values;
    for (const auto& [keyword, value] : parameters) {
        keywords.push_back(keyword.c_str());
        values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);

    pg_ = PQconnectStartParams(keywords.data(), values.data(), 0);
    if (!pg_)
        throw std::bad_alloc();
    // Verbose, because the text is the only place where a refused connection tells its SQLSTATE.
    PQsetErrorVerbosity(pg_, PQERRORS_VERBOSE);
    PQsetNoticeReceiver(pg_, hear_notice, &dismissed_);

    socket_.set_deadline(deadline);
    std::optional<Failure> failure;
    try {
        co_await finish_connecting();
    } catch (const Failure& f) {
        failure = f;
    }
    if (failure && failure->name() == "pg.timeout")
        throw Failure(
            Reaction::retry, "pg.unreachable",
            fmt::format("the database did not accept a connection within {} ms; is it where "
                        "database.url says, and does a firewall let us through?",
                        deadline.count()));
    if (failure)
        throw *failure;
    socket_.lift_deadline();
    if (PQsetnonblocking(pg_, 1) != 0)
        throw lost();
}

asio::awaitable<void> Session::finish_connecting()
{
    auto next = PQstatus(pg_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED)
            throw refused();
        socket_.adopt(PQsocket(pg_));
        if (next == PGRES_POLLING_READING)
            co_await socket_.readable();
        else
            co_await socket_.writable();
        socket_.release(); // PQconnectPoll may close it
        next = PQconnectPoll(pg_);
    }
    socket_.adopt(PQsocket(pg_));
}

asio::awaitable<void> Session::flush()
{
    for (;;) {
        const int left = PQflush(pg_);
        if (left == 0)
            co_return;
        if (left < 0)
            throw lost();
        const bool readable = co_await socket_.readable_or_writable();
        if (readable && PQconsumeInput(pg_) == 0)
            throw lost();
    }
}

asio::awaitable<void> Session::receive()
{
    co_await socket_.readable();
    if (PQconsumeInput(pg_) == 0)
        throw lost();
}

asio::awaitable<ResultPointer> Session::next_result()
{
    // Asked before waiting: the answer may be in the buffer already, and nothing else will come.
    while (PQisBusy(pg_) != 0)
        co_await receive();
    co_return ResultPointer(PQgetResult(pg_));
}

bool Session::look()
{
    if (!is_open() || PQconsumeInput(pg_) == 0)
        return false;
    PQisBusy(pg_); // has libpq read what it received
    return is_open();
}

/// What a person can do about a connection that was refused.
std::string Session::advice(std::string_view code, std::string_view name) const
{
    if (name == "pg.no_database")
        return fmt::format("; create it with: createdb {}, or name another one in database.url",
                           PQdb(pg_));
    if (name == "pg.permission")
        return fmt::format("; grant it with: GRANT CONNECT ON DATABASE {} TO {}, or name another "
                           "role in database.url",
                           PQdb(pg_), PQuser(pg_));
    if (name == "pg.refused" && code == "28000")
        return fmt::format("; create the role with: createuser {}, allow it in pg_hba.conf, or "
                           "name another one in database.url",
                           PQuser(pg_));
    if (name == "pg.refused")
        return "; check the role in database.url and its password (passfile=, PGPASSFILE or "
               "CRMSYNC_DATABASE_URL)";
    return "";
}

Failure Session::lost() const
{
    return Failure(Reaction::retry, "pg.unreachable",
                   fmt::format("the connection to the database was lost: {}",
                               first_line(PQerrorMessage(pg_))));
}

Failure Session::refused() const
{
    const std::string_view message = PQerrorMessage(pg_);
    std::string line = first_line(message);
    const std::string_view code = sqlstate_in(message);
    // libpq looks at the values of the parameters before it connects anywhere.
    if (code.empty() && line.starts_with("invalid "))
        return Failure(Reaction::stop, "pg.url",
                       "database.url cannot be used: " + line + "; correct it");
    if (code.empty())
        return Failure(Reaction::retry, "pg.unreachable",
                       line + "; is PostgreSQL running where database.url says?");

    const std::string verbose = fmt::format("{}: ", code);
    if (const auto at = line.find(verbose); at != std::string::npos)
        line.erase(at, verbose.size());
    const Meaning& meaning = meaning_of(code);
    if (meaning.name == "pg.statement") // there was none: a database closed for a while
        return Failure(Reaction::retry, "pg.unreachable", line);
    line += advice(code, meaning.name);
    return Failure(meaning.reaction, std::string(meaning.name), line);
}

} // namespace crmsync::pg
