#include "base/gate.hpp"

#include "base/allowance.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <list>
#include <utility>

namespace crmsync {

namespace asio = boost::asio;

class Gate::State : public std::enable_shared_from_this<State> {
public:
    State(Clock& clock, GateLimits limits)
        : clock_(clock), limits_(limits), allowance_(limits.allowance, limits.per)
    {}

    /// Somebody in the queue. The timer never runs out; cancelling it is the call to look again.
    struct Waiter {
        explicit Waiter(const asio::any_io_executor& executor)
            : call(executor, asio::steady_timer::time_point::max())
        {}
        asio::steady_timer call;
        bool called = false;
    };
    using Queue = std::list<Waiter>;

    /// A place in the queue, given up whichever way the coroutine ends.
    class Place {
    public:
        Place(std::shared_ptr<State> state, const asio::any_io_executor& executor)
            : state_(std::move(state)), at_(state_->queue_.emplace(state_->queue_.end(), executor))
        {}
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place()
        {
            state_->queue_.erase(at_);
            state_->call_first();
        }

        Waiter& waiter() { return *at_; }
        bool first() const { return at_ == state_->queue_.begin(); }

    private:
        std::shared_ptr<State> state_;
        Queue::iterator at_;
    };

    void call_first()
    {
        if (queue_.empty())
            return;
        queue_.front().called = true;
        queue_.front().call.cancel();
    }

    bool has_room(int slots) const
    {
        return under_way_ == 0 || under_way_ + slots <= limits_.at_once;
    }

    Timestamp opens_at(int parts)
    {
        return std::max(closed_until_, allowance_.fits_at(clock_.now(), parts));
    }

    void take(int slots, int parts)
    {
        under_way_ += slots;
        allowance_.spend(clock_.now(), parts);
    }

    void leave(int slots)
    {
        under_way_ -= slots;
        call_first();
    }

    Clock& clock_;
    GateLimits limits_;
    Allowance allowance_;
    Timestamp closed_until_{};
    int under_way_ = 0;
    Queue queue_;
};

Gate::Permit::Permit(std::shared_ptr<State> state, int slots)
    : state_(std::move(state)), slots_(slots)
{}

Gate::Permit::Permit(Permit&& other) noexcept
    : state_(std::move(other.state_)), slots_(std::exchange(other.slots_, 0))
{}

Gate::Permit& Gate::Permit::operator=(Permit&& other) noexcept
{
    if (this != &other) {
        leave();
        state_ = std::move(other.state_);
        slots_ = std::exchange(other.slots_, 0);
    }
    return *this;
}

Gate::Permit::~Permit() { leave(); }

void Gate::Permit::leave()
{
    if (const auto state = std::exchange(state_, nullptr))
        state->leave(std::exchange(slots_, 0));
}

Gate::Gate(Clock& clock, GateLimits limits) : state_(std::make_shared<State>(clock, limits)) {}

asio::awaitable<Gate::Permit> Gate::enter(int slots, int parts)
{
    const auto executor = co_await asio::this_coro::executor;
    const std::shared_ptr<State> state = state_;
    State::Place place(state, executor);
    State::Waiter& waiter = place.waiter();

    while (true) {
        waiter.called = false;
        if (!place.first() || !state->has_room(slots)) {
            const auto [error] =
                co_await waiter.call.async_wait(asio::as_tuple(asio::use_awaitable));
            if (!waiter.called)
                throw boost::system::system_error(error);
            continue;
        }
        // Looked at again after the sleep: the gate may have been closed for longer meanwhile.
        const Timestamp opens = state->opens_at(parts);
        if (opens <= state->clock_.now())
            break;
        co_await state->clock_.sleep_until(opens);
    }
    state->take(slots, parts);
    co_return Permit(state, slots);
}

void Gate::close_until(Timestamp at)
{
    state_->closed_until_ = std::max(state_->closed_until_, at);
}

int Gate::under_way() const { return state_->under_way_; }

int Gate::waiting() const { return static_cast<int>(state_->queue_.size()); }

} // namespace crmsync
